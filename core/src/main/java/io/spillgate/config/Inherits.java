package io.spillgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A key of this record that is not set has the value of the same key of another table.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Inherits {
    /// The other table's path, as the documentation writes it (`host-connection-pool`).
    String value();
}
