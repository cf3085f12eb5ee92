package io.spillgate.listener;

import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/// Carries out what operators ask for on the admin listener.
public interface Operations {
    /// Does it, on a thread that may block.
    ///
    /// @param accept the value of Accept, null when absent
    CompletableFuture<Result> perform(Route.Command command, @Nullable String accept);

    /// What to answer.
    ///
    /// @param status the status code
    /// @param contentType value of Content-Type
    /// @param body the content
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(int status, String contentType, byte[] body) {}
}
