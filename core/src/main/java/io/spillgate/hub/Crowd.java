package io.spillgate.hub;

import java.util.HashSet;
import java.util.Set;

/// Several subscribers of a topic without events. Confined to their loop, as [Topics] asserts.
final class Crowd implements Audience {
    private final Set<Recipient> members = HashSet.newHashSet(2);

    void add(Recipient subscriber) {
        members.add(subscriber);
    }

    void remove(Recipient subscriber) {
        members.remove(subscriber);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Iterable<Recipient> members() {
        return members;
    }
}
