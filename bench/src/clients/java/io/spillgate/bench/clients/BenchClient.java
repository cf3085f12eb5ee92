package io.spillgate.bench.clients;

/// An HTTP client as the measurement sees it: it asks one URL again and again, and reads the whole
/// answer without keeping it.
interface BenchClient {
    /// Sends one GET; may be called from any thread, and from [Answer#end].
    void get(Answer answer);

    /// Ends its threads and closes its connections.
    void close() throws Exception;

    /// Who hears how a request ended; told once, on any thread.
    interface Answer {
        /// The answer is complete.
        ///
        /// @param bytes of its body
        void end(int status, long bytes);

        /// There is none.
        void failed(Throwable cause);
    }

    /// What every client is told.
    ///
    /// @param host of the backend
    /// @param port of the backend
    /// @param connections to have at most
    record Setup(String host, int port, int connections) {
        String url() {
            return "http://" + host + ":" + port + "/";
        }

        String authority() {
            return host + ":" + port;
        }
    }
}
