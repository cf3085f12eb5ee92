package io.spillgate.config;

/// Who is served first of those that wait for admission.
public enum QueueDiscipline {
    /// Who came first, always.
    FIFO,
    /// Who came first; but while a queue stands, who came last, and nobody waits for long.
    ADAPTIVE
}
