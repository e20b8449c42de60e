package sa.cleanlife.partnerapi.contacts;

/**
 * The result of parsing a phone: the number, or why it is invalid. It is a value rather than an exception, so that it
 * can be reported with the failures of the other fields, and so that no exception message can carry a number into a
 * log.
 */
public sealed interface PhoneParseResult permits PhoneNumber, InvalidPhone {}
