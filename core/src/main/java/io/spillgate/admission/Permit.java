package io.spillgate.admission;

import io.spillgate.metrics.Cells;

/// The right to run, until it is released. Confined to the loop of its request, as its [Cells]
/// assert.
public final class Permit implements Verdict {
    private final Admission admission;
    private final Cells cells;
    private final long sinceNanos;
    private boolean released;

    Permit(Admission admission, Cells cells) {
        this.admission = admission;
        this.cells = cells;
        sinceNanos = admission.nanoTime();
    }

    /// The request is over, whichever way; only the first call counts.
    public void release() {
        if (!released) {
            released = true;
            cells.permitHeld(admission.nanoTime() - sinceNanos);
            admission.release();
        }
    }
}
