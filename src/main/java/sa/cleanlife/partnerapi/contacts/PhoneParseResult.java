package sa.cleanlife.partnerapi.contacts;

/**
 * What a text that should be a phone came to: the number, or why not. A value rather than an exception, so that a phone's
 * failure is gathered with those of the other fields, and so that no exception text can carry a number into a log.
 */
public sealed interface PhoneParseResult permits PhoneNumber, InvalidPhone {}
