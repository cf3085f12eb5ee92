package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.broker.EventIds;
import io.spillgate.config.ByteSize;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.HubConfig;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.config.TopicConfig;
import io.spillgate.net.WallClock;
import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Settings of a test's topics, changed one by one from those of a gateway without a file.
public record Rules(
        OverflowPolicy policy,
        int queueSize,
        long queueBytes,
        int historySize,
        long historyBytes,
        Duration historyTtl,
        List<TopicConfig> topics) {
    /// Bytes that fit every log of a test.
    public static final long MUCH = 1L << 40;

    /// What holds when nothing is said.
    public static final Rules DEFAULT =
            new Rules(
                    OverflowPolicy.DROP_NEWEST,
                    1000,
                    HubConfig.DEFAULT.queueBytes().bytes(),
                    1000,
                    HubConfig.DEFAULT.historyBytes().bytes(),
                    Duration.ofMinutes(10),
                    List.of());

    public Rules {
        topics = List.copyOf(topics);
    }

    /// An event without fields.
    public static Event event(String data) {
        return event(data, null);
    }

    /// An event with an id of its publisher.
    public static Event event(String data, @Nullable String id) {
        try {
            return Event.of(data.getBytes(StandardCharsets.UTF_8), null, id, -1);
        } catch (InvalidEvent e) {
            throw new IllegalArgumentException(data + " " + id, e);
        }
    }

    public Rules policy(OverflowPolicy changed) {
        return new Rules(
                changed, queueSize, queueBytes, historySize, historyBytes, historyTtl, topics);
    }

    public Rules queueSize(int changed) {
        return new Rules(
                policy, changed, queueBytes, historySize, historyBytes, historyTtl, topics);
    }

    public Rules queueBytes(long changed) {
        return new Rules(policy, queueSize, changed, historySize, historyBytes, historyTtl, topics);
    }

    public Rules historySize(int changed) {
        return new Rules(policy, queueSize, queueBytes, changed, historyBytes, historyTtl, topics);
    }

    public Rules historyBytes(long changed) {
        return new Rules(policy, queueSize, queueBytes, historySize, changed, historyTtl, topics);
    }

    public Rules historyTtl(Duration changed) {
        return new Rules(policy, queueSize, queueBytes, historySize, historyBytes, changed, topics);
    }

    /// Other settings of queue and history for the topics that match.
    public Rules topic(String match, OverflowPolicy itsPolicy, int itsQueueSize, int itsHistory) {
        List<TopicConfig> more = new ArrayList<>(topics);
        more.add(
                new TopicConfig(
                        match,
                        Optional.of(itsPolicy),
                        Optional.of(itsQueueSize),
                        Optional.of(itsHistory),
                        Optional.empty(),
                        Optional.empty()));
        return new Rules(
                policy, queueSize, queueBytes, historySize, historyBytes, historyTtl, more);
    }

    /// Empty logs with these settings, whose time of day is that of a test's clock.
    public Logs logs(LogLimits limits, LongSupplier nanoTime) {
        return new Logs(new EventIds("stestepoch01"), topicRules(), limits, clock(nanoTime));
    }

    /// A test's clock as a time of day.
    public static WallClock clock(LongSupplier nanoTime) {
        return new WallClock(nanoTime, nanoTime.getAsLong() / 1_000_000);
    }

    /// A publisher that does not wait, and so is told nothing later.
    public static void nobody(Publication outcome) {
        assertThat(outcome).as("told of an event that did not wait").isNull();
    }

    /// These settings as the logs take them.
    public TopicRules topicRules() {
        return new TopicRules(http(), hub());
    }

    private HttpConfig http() {
        HttpConfig base = HttpConfig.DEFAULT;
        return new HttpConfig(
                base.bindAddress(),
                base.reusePort(),
                base.maxConnections(),
                base.connectionTimeoutSec(),
                base.keepaliveIntervalSec(),
                queueSize,
                policy,
                base.threadPoolSize(),
                base.maxRequestLineSize(),
                base.maxHeaderSize(),
                base.maxHeaders(),
                base.limitStatus(),
                base.maxBodySize(),
                base.inputMemory(),
                base.rateLimitPerIp(),
                base.rateLimitWindowSec(),
                base.trustedProxies(),
                base.forwardedHeader(),
                base.cors(),
                base.io());
    }

    private HubConfig hub() {
        HubConfig base = HubConfig.DEFAULT;
        return new HubConfig(
                base.enabled(),
                base.path(),
                base.retry(),
                base.publishTokens(),
                historySize,
                new ByteSize(historyBytes),
                historyTtl,
                new ByteSize(queueBytes),
                base.memory(),
                base.maxTopics(),
                base.maxWatchedTopics(),
                base.blockTimeout(),
                base.stallTimeout(),
                topics);
    }
}
