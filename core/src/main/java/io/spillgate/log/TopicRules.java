package io.spillgate.log;

import io.spillgate.config.Durations;
import io.spillgate.config.Glob;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.HubConfig;
import io.spillgate.config.TopicConfig;

import java.util.ArrayList;
import java.util.List;

/// Which settings a topic has: those of the first `[[hub.topics]]` that matches, else the general
/// ones. Immutable.
public final class TopicRules {
    private final TopicSettings general;
    private final List<Rule> rules = new ArrayList<>();

    /// Prepares the patterns of a configuration.
    public TopicRules(HttpConfig http, HubConfig hub) {
        general =
                new TopicSettings(
                        http.backpressurePolicy(),
                        http.maxMessageQueueSize(),
                        hub.queueBytes().bytes(),
                        hub.historySize(),
                        hub.historyBytes().bytes(),
                        Durations.nanos(hub.historyTtl()));
        for (TopicConfig topic : hub.topics()) {
            rules.add(new Rule(new Glob(topic.match()), merge(topic)));
        }
    }

    /// The settings of a topic.
    public TopicSettings of(String topic) {
        for (Rule rule : rules) {
            if (rule.pattern.matches(topic)) {
                return rule.settings;
            }
        }
        return general;
    }

    private TopicSettings merge(TopicConfig topic) {
        return new TopicSettings(
                topic.backpressurePolicy().orElse(general.policy()),
                topic.maxMessageQueueSize().orElse(general.queueSize()),
                general.queueBytes(),
                topic.historySize().orElse(general.historySize()),
                topic.historyBytes().map(size -> size.bytes()).orElse(general.historyBytes()),
                topic.historyTtl().map(Durations::nanos).orElse(general.historyNanos()));
    }

    private record Rule(Glob pattern, TopicSettings settings) {}
}
