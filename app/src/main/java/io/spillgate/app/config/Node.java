package io.spillgate.app.config;

import java.util.List;

/// One value of a configuration file, whatever its format; knows where it stands.
sealed interface Node {
    /// Where the value begins.
    Place place();

    /// Named values, in the order of the file. Names may repeat; the binder objects to that.
    record Table(Place place, List<Member> members) implements Node {
        public Table {
            members = List.copyOf(members);
        }
    }

    /// Values in order.
    record Sequence(Place place, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// A text, number, truth value or date, as it was written. What it means depends on the key.
    record Scalar(Place place, String text) implements Node {}

    /// A null: the key is as good as absent.
    record Nothing(Place place) implements Node {}

    /// A named value of a table.
    ///
    /// @param name as written
    /// @param place where the name stands
    /// @param value what it is set to
    record Member(String name, Place place, Node value) {
        /// The name in the form that compares.
        String relaxed() {
            return Relaxed.name(name);
        }
    }
}
