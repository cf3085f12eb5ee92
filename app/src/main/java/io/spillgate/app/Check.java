package io.spillgate.app;

/// One thing of the machine that was looked at, and what follows.
///
/// @param verdict how it stands
/// @param subject what was looked at, in two or three words
/// @param message the numbers, and what they mean
/// @param fix the command or setting that changes it; empty when nothing has to change
record Check(Verdict verdict, String subject, String message, String fix) {
    /// How a check ended.
    enum Verdict {
        /// Enough for this configuration.
        OK,
        /// Too little for this configuration.
        WARN,
        /// This system does not tell.
        NOT_CHECKED
    }

    static Check ok(String subject, String message) {
        return new Check(Verdict.OK, subject, message, "");
    }

    static Check warn(String subject, String message, String fix) {
        return new Check(Verdict.WARN, subject, message, fix);
    }

    static Check notChecked(String subject, String what) {
        return new Check(
                Verdict.NOT_CHECKED, subject, "not checked: this system has no " + what, "");
    }
}
