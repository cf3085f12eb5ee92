package io.spillgate.http.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.spillgate.config.ListenerTlsConfig;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The keys that seal a session into a ticket, which its client brings along to resume it (RFC 8446
/// section 4.6.1, RFC 5077).
///
/// Each is derived (HKDF, RFC 5869) from one secret and the number of its twelve hours since 1970.
/// So processes with the same secret change their keys together without a word, and each opens what
/// the others have sealed. Immutable, any thread.
public final class TicketKeys {
    /// The fewest bytes of a secret.
    private static final int LEAST_BYTES = 32;

    private static final int MOST_BYTES = 64 * 1024;
    private static final long SLOT_SECONDS = TimeUnit.HOURS.toSeconds(12);
    private static final byte[] PURPOSE = "spillgate tls ticket".getBytes(US_ASCII);

    private final SecretKeySpec secret;

    /// @param secret at least [#LEAST_BYTES]
    TicketKeys(byte[] secret) {
        this.secret = new SecretKeySpec(secret, "HKDF");
    }

    /// With the secret that processes share, or with one that nobody else has. Blocks on the disk.
    public static TicketKeys of(ListenerTlsConfig tls) throws CertificateFault {
        boolean shared = !tls.bindAddress().isOff() && !tls.ticketSecretFile().isEmpty();
        return shared ? read(tls.ticketSecretFile()) : random();
    }

    static TicketKeys read(String secretFile) throws CertificateFault {
        GivenFile file = GivenFile.read("ticket_secret_file", secretFile, MOST_BYTES);
        if (file.bytes().length < LEAST_BYTES) {
            throw file.fault(
                    "has %d bytes, must have at least %d"
                            .formatted(file.bytes().length, LEAST_BYTES),
                    "make one: head -c 48 /dev/urandom > " + GivenFile.quoted(secretFile));
        }
        return new TicketKeys(file.bytes());
    }

    static TicketKeys random() {
        byte[] secret = new byte[LEAST_BYTES];
        new SecureRandom().nextBytes(secret);
        return new TicketKeys(secret);
    }

    /// Which keys hold at a time; others do when this has changed.
    static long slot(long epochNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(epochNanos) / SLOT_SECONDS;
    }

    /// The key that seals, and then those that only open: the one before, and the next one, with
    /// which another process may seal already because its clock is ahead.
    OpenSslSessionTicketKey[] of(long slot) {
        return new OpenSslSessionTicketKey[] {derive(slot), derive(slot - 1), derive(slot + 1)};
    }

    private OpenSslSessionTicketKey derive(long slot) {
        byte[] info =
                ByteBuffer.allocate(PURPOSE.length + Long.BYTES).put(PURPOSE).putLong(slot).array();
        int name = OpenSslSessionTicketKey.NAME_SIZE;
        int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
        int aes = hmac + OpenSslSessionTicketKey.AES_KEY_SIZE;
        try {
            byte[] bytes =
                    KDF.getInstance("HKDF-SHA256")
                            .deriveData(
                                    HKDFParameterSpec.ofExtract()
                                            .addIKM(secret)
                                            .thenExpand(info, aes));
            return new OpenSslSessionTicketKey(
                    Arrays.copyOf(bytes, name),
                    Arrays.copyOfRange(bytes, name, hmac),
                    Arrays.copyOfRange(bytes, hmac, aes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HKDF-SHA256", e);
        }
    }
}
