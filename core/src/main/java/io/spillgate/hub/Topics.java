package io.spillgate.hub;

import io.spillgate.log.Reader;
import io.spillgate.log.Watch;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The topics that somebody on one loop is subscribed to, each with its [Audience]. Confined to the
/// loop.
final class Topics {
    private final ShardContext context;
    private final TopicListener listener;
    private final Map<String, Audience> audiences = new HashMap<>();

    /// @param listener hears of every topic with events
    Topics(ShardContext context, TopicListener listener) {
        this.context = context;
        this.listener = listener;
    }

    /// The topic of a watch if it is delivered through this watch; null when nobody is interested,
    /// or another watch has taken its place.
    @Nullable TopicShard active(Watch watch) {
        assert context.loop().inEventLoop();
        return audiences.get(watch.log().topic()) instanceof TopicShard topic
                        && topic.watch() == watch
                ? topic
                : null;
    }

    /// Subscribes to a topic without events.
    void add(String name, Recipient subscriber) {
        assert context.loop().inEventLoop();
        Audience known = audiences.putIfAbsent(name, subscriber);
        switch (known) {
            case null -> {}
            case Crowd crowd -> crowd.add(subscriber);
            case Recipient first -> {
                Crowd crowd = new Crowd();
                crowd.add(first);
                crowd.add(subscriber);
                audiences.put(name, crowd);
            }
            case TopicShard _ -> throw new IllegalStateException(name + " has events");
            default -> throw new IllegalStateException(name + " has an unknown audience");
        }
    }

    /// A topic has events: whoever waits for them gets everything from the watch's begin on.
    ///
    /// @return the topic, with or without subscribers
    TopicShard activate(Watch watch) {
        assert context.loop().inEventLoop();
        String name = watch.log().topic();
        Audience known = audiences.get(name);
        TopicShard topic = new TopicShard(context, watch, listener);
        switch (known) {
            case Recipient only -> topic.addAtStart(only);
            case Crowd crowd -> crowd.members().forEach(topic::addAtStart);
            case TopicShard active when active.watch() == watch -> {
                return active;
            }
            case TopicShard _ -> throw new IllegalStateException(name + " has another watch");
            case null -> {}
            default -> throw new IllegalStateException(name + " has an unknown audience");
        }
        audiences.put(name, topic);
        return topic;
    }

    /// The topic of a watch, which may have begun just now; null when nobody is interested any
    /// more, and the watch is given back.
    @Nullable TopicShard activeOrBegun(Watch watch) {
        TopicShard topic = active(watch);
        if (topic == null) {
            hearNews();
            topic = active(watch);
        }
        if (topic == null) {
            context.logs().unwatch(watch);
        }
        return topic;
    }

    /// Hears which topics have begun to have events, or have lost some.
    void hearNews() {
        Reader.News news = context.logs().news(context.reader());
        begin(news.begun());
        lose(news.lost());
    }

    /// Topics have begun to have events; the watches that nobody needs are given back.
    private void begin(List<Watch> begun) {
        assert context.loop().inEventLoop();
        for (Watch watch : begun) {
            Audience audience = audiences.get(watch.log().topic());
            boolean superseded = audience instanceof TopicShard topic && topic.watch() != watch;
            if (audience == null || superseded) {
                context.logs().unwatch(watch);
            } else {
                activate(watch);
            }
        }
    }

    /// Topics have lost events: who is subscribed comes back for them, and is told.
    private void lose(List<Watch> lost) {
        assert context.loop().inEventLoop();
        for (Watch watch : lost) {
            TopicShard topic = active(watch);
            if (topic != null) {
                topic.endStreams(StreamEnd.LOST);
            }
        }
    }

    /// Gives a topic's watch back if it has been idle for a while and nobody has anything left to
    /// get or to be told.
    void retireIfIdle(TopicShard topic) {
        assert context.loop().inEventLoop();
        boolean superseded = active(topic.watch()) != topic;
        if (superseded || !topic.isIdle() || !context.logs().retire(topic.watch())) {
            return;
        }
        String name = topic.watch().log().topic();
        audiences.remove(name);
        for (Recipient subscriber : topic.retire()) {
            add(name, subscriber);
        }
    }

    /// Ends all subscriptions of a subscriber.
    void remove(Recipient subscriber) {
        assert context.loop().inEventLoop();
        for (Cursor queue : subscriber.merge().cursors()) {
            TopicShard topic = active(queue.topic().watch());
            if (topic == null) {
                continue;
            }
            topic.remove(queue);
            if (topic.isEmpty()) {
                audiences.remove(topic.watch().log().topic());
                context.logs().unwatch(topic.watch());
            }
        }
        for (String name : subscriber.topics()) {
            switch (audiences.get(name)) {
                case Recipient only when only.equals(subscriber) -> audiences.remove(name);
                case Crowd crowd -> {
                    crowd.remove(subscriber);
                    if (crowd.isEmpty()) {
                        audiences.remove(name);
                    }
                }
                case null, default -> {}
            }
        }
    }
}
