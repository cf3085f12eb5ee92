package io.spillgate.net;

import org.jspecify.annotations.Nullable;

/// Why the process can't go on. Made before it is needed, because memory may be what is missing
/// then. Thread safe.
public final class Breakdown {
    private final String what;
    private volatile @Nullable Throwable cause;

    Breakdown(String what) {
        this.what = what;
    }

    /// What has happened, as it stands in the log: an event and its fields.
    public String what() {
        return what;
    }

    /// What was thrown; null when nothing was, as when a loop's thread just returns.
    public @Nullable Throwable cause() {
        return cause;
    }

    /// The first cause counts.
    void because(Throwable thrown) {
        if (cause == null) {
            cause = thrown;
        }
    }
}
