package sa.cleanlife.peer;

import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/partners/contacts")
public class ContactController {
    private final ContactService contacts;

    public ContactController(ContactService contacts) {
        this.contacts = contacts;
    }

    @PostMapping
    public Success<FoundContact> findOrCreate(
            @Valid @RequestBody WantedContact wanted, @RequestAttribute(KeyInterceptor.KEY) ActiveKey key) {
        var phone = PhoneNumbers.normalise(wanted.phone())
                .orElseThrow(() -> ApiException.invalid(
                        "phone must be a valid phone number in international form, for example +966500000000"));
        return new Success<>(contacts.findOrCreate(phone, wanted.name(), wanted.utmSource(), key));
    }

    @GetMapping("/{contactId}")
    public Success<FoundContact> read(@PathVariable UUID contactId) {
        return new Success<>(contacts.find(contactId)
                .orElseThrow(() -> new ApiException(404, "RESOURCE_NOT_FOUND", "There is no contact with this id.")));
    }

    /** The success envelope of a response. */
    public record Success<T>(boolean success, T data) {
        Success(T data) {
            this(true, data);
        }
    }
}
