package io.spillgate.config;

import java.time.Duration;
import java.util.List;

/// The keys of a destination that say when an address is left out while another one is well (nginx,
/// `max_fails` and `fail_timeout`).
///
/// @param maxFails connections that failed, answers that took too long and `failStatuses`, within
///   `failTimeout`, after which an address is left out; 0 = it never is
/// @param failTimeout how long it is left out
/// @param failStatuses of answers that count as failures
public record HealthConfig(int maxFails, Duration failTimeout, List<Integer> failStatuses) {
    /// What holds for every key that is not set.
    public static final HealthConfig DEFAULT =
            new HealthConfig(1, Duration.ofSeconds(10), List.of());

    /// For who takes every address as it is.
    public static final HealthConfig OFF = new HealthConfig(0, Duration.ofSeconds(10), List.of());

    public HealthConfig {
        Require.between("maxFails", maxFails, 0, 1_000_000);
        Require.atLeast("failTimeout", failTimeout, Duration.ofMillis(1));
        failStatuses = List.copyOf(failStatuses);
        failStatuses.forEach(status -> Require.between("failStatuses", status, 500, 599));
    }
}
