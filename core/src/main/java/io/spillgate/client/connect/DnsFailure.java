package io.spillgate.client.connect;

import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;

import org.jspecify.annotations.Nullable;

/// Why the DNS did not tell an address.
///
/// @param sentence the rest of a sentence that begins with the name
/// @param isFinal whether the DNS says that there is none; else it could not be asked
record DnsFailure(String sentence, boolean isFinal) {
    static DnsFailure of(Throwable failure) {
        @Nullable Throwable root = null;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof DnsNameResolverTimeoutException) {
                return new DnsFailure("was not found out: the DNS server does not answer", false);
            }
            if (cause instanceof DnsErrorCauseException error) {
                return of(error.getCode());
            }
            root = cause;
        }
        return root == null
                ? new DnsFailure("has no address in the DNS", true)
                : new DnsFailure(
                        "was not found out: " + NetworkWords.of("the DNS server", root), false);
    }

    private static DnsFailure of(DnsResponseCode code) {
        if (code.equals(DnsResponseCode.NXDOMAIN)) {
            return new DnsFailure("does not exist in the DNS (NXDOMAIN)", true);
        }
        return new DnsFailure("was not found out: the DNS server answers " + code, false);
    }
}
