package io.spillgate.app;

import io.spillgate.client.pool.Failure;

import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

/// Words for people.
final class Text {
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_./:=,+@%-]+");

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
        if (thrown instanceof FileSystemException file) {
            return reason(file);
        }
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

    /// A word of a command line, in quotes when a shell would see more in it.
    static String shellWord(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// Its message is the name of the file, which who asks has said already.
    private static String reason(FileSystemException thrown) {
        String reason = thrown.getReason();
        if (reason != null) {
            return reason;
        }
        return switch (thrown) {
            case NoSuchFileException e -> "no such file or folder";
            case AccessDeniedException e -> "permission denied";
            default -> thrown.getClass().getSimpleName();
        };
    }
}
