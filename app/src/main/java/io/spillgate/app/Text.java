package io.spillgate.app;

import io.spillgate.client.pool.Failure;

import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;

/// Words for people.
final class Text {
    private Text() {}

    /// Why a request failed.
    static String reason(Failure failure) {
        return switch (failure.cause()) {
            case CONNECT_REFUSED -> "connection refused";
            case RESOLVE -> "no such host";
            default -> failure.message();
        };
    }

    /// Why it failed: what the exception says, or what its kind means when it says nothing.
    static String reason(Throwable thrown) {
        String message = thrown.getMessage();
        if (message != null && !message.isBlank()) {
            return message;
        }
        Throwable cause = thrown.getCause();
        if (thrown instanceof UnresolvedAddressException) {
            return "no such host";
        }
        if (cause != null && reason(cause).equals("no such host")) {
            return "no such host";
        }
        if (thrown instanceof ConnectException) {
            return "connection refused";
        }
        return cause == null ? thrown.getClass().getSimpleName() : reason(cause);
    }
}
