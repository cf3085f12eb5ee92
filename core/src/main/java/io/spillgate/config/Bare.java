package io.spillgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.temporal.ChronoUnit;

/// The unit of a duration that is written as a number without a unit.
///
/// A `Duration` component without this annotation requires a unit.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Bare {
    /// Either seconds or milliseconds.
    ChronoUnit value();
}
