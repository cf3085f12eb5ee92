package io.spillgate.broker;

import io.spillgate.config.Durations;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.HubConfig;
import io.spillgate.config.TopicConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Which settings a topic has: those of the first `[[hub.topics]]` that matches, else the general
/// ones.
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
            rules.add(new Rule(pattern(topic.match()), merge(topic)));
        }
    }

    /// The settings of a topic.
    public TopicSettings of(String topic) {
        for (Rule rule : rules) {
            if (rule.pattern.matcher(topic).matches()) {
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

    private static Pattern pattern(String match) {
        StringBuilder regex = new StringBuilder();
        for (String literal : match.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private record Rule(Pattern pattern, TopicSettings settings) {}
}
