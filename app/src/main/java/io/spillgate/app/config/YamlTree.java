package io.spillgate.app.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// YAML 1.2 as a tree, built from the parser's events so that depth and repetition stay bounded.
///
/// An alias stands for the very node of its anchor; it costs as many values as that node has.
final class YamlTree {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final SourceText source;
    private final Iterator<Event> events;
    private final TreeLimits limits;
    private final Problems problems;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();

    private YamlTree(SourceText source, Problems problems) {
        this.source = source;
        this.problems = problems;
        this.limits = new TreeLimits(source.file());
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(source.file())
                        .setCodePointLimit(SourceText.MAX_BYTES)
                        .build();
        this.events = new Parse(settings).parseString(source.text()).iterator();
    }

    /// Reads the one document of a file. A tag becomes a problem; its value is read without it.
    static Node.Table read(SourceText source, Problems problems) throws Unreadable {
        try {
            return new YamlTree(source, problems).document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            String context = e.getContext() == null ? "" : e.getContext() + ", ";
            throw new Unreadable(
                    source.file(), line, "not YAML: " + Quoted.line(context + e.getProblem()), e);
        } catch (YamlEngineException e) {
            throw new Unreadable(source.file(), 0, "not YAML: " + Quoted.line(e.getMessage()), e);
        }
    }

    private Node.Table document() throws Unreadable {
        Node.Table root = new Node.Table(source.at(0), List.of());
        boolean seen = false;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (seen) {
                    throw broken(event, "begins a second document, must be one");
                }
                seen = true;
                root = root(events.next());
            }
        }
        return root;
    }

    private Node.Table root(Event event) throws Unreadable {
        return switch (node(event, 0)) {
            case Node.Table table -> table;
            case Node.Nothing nothing -> new Node.Table(nothing.place(), List.of());
            case Node.Scalar _, Node.Sequence _ ->
                    throw broken(event, "is not a table, must be keys with values");
        };
    }

    private Node node(Event event, int depth) throws Unreadable {
        limits.count(line(event), depth);
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        int before = limits.nodes();
        Node node =
                switch (event) {
                    case ScalarEvent scalar -> scalar(scalar);
                    case MappingStartEvent mapping -> mapping(mapping, depth);
                    case CollectionStartEvent sequence -> sequence(sequence, depth);
                    default -> throw broken(event, "is not a value");
                };
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        anchor.ifPresent(
                name -> anchors.put(name, new Anchored(node, limits.nodes() - before + 1)));
        return node;
    }

    private Node aliased(AliasEvent alias) throws Unreadable {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw broken(
                    alias,
                    "uses *"
                            + Quoted.plain(alias.getAlias().getValue())
                            + ", which is not defined before or contains itself");
        }
        limits.add(line(alias), anchored.size());
        return anchored.node();
    }

    private Node scalar(ScalarEvent event) {
        rejectTag(event, event.getTag());
        Place place = source.at(line(event));
        boolean nothing = event.isPlain() && NULLS.contains(event.getValue());
        return nothing ? new Node.Nothing(place) : new Node.Scalar(place, event.getValue());
    }

    private Node mapping(MappingStartEvent start, int depth) throws Unreadable {
        rejectTag(start, start.getTag());
        List<Node.Member> members = new ArrayList<>();
        for (Event event = events.next();
                !(event instanceof MappingEndEvent);
                event = events.next()) {
            if (!(node(event, depth + 1) instanceof Node.Scalar(Place place, String name))) {
                throw broken(event, "has a key that is not a plain name");
            }
            members.add(new Node.Member(name, place, node(events.next(), depth + 1)));
        }
        return new Node.Table(source.at(line(start)), members);
    }

    private Node sequence(CollectionStartEvent start, int depth) throws Unreadable {
        rejectTag(start, start.getTag());
        List<Node> items = new ArrayList<>();
        for (Event event = events.next();
                !(event instanceof SequenceEndEvent);
                event = events.next()) {
            items.add(node(event, depth + 1));
        }
        return new Node.Sequence(source.at(line(start)), items);
    }

    private void rejectTag(Event event, Optional<String> tag) {
        tag.ifPresent(name ->
                problems.add(
                        source.at(line(event)),
                        "",
                        "has the tag " + Quoted.plain(name) + ", must have none"));
    }

    private Unreadable broken(Event event, String message) {
        return new Unreadable(source.file(), line(event), message, null);
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    /// @param size values in the node, itself included
    private record Anchored(Node node, int size) {}
}
