package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.admission.AdmissionRefusal;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.http.RequestRefusal;
import io.spillgate.listener.ConnectionRefusal;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

class StatsTest {
    private final AtomicLong nanoTime = new AtomicLong(-7);
    private final Metrics metrics = new Metrics(1, nanoTime::get);

    @Test
    void isOneObjectWithTheNumbersAnOperatorLooksAtFirst() {
        nanoTime.addAndGet(61_900_000_000L);
        metrics.gauge(Gauge.CONNECTIONS_ACTIVE, () -> 12);
        metrics.gauge(Gauge.SSE_ACTIVE_CONNECTIONS, () -> 10);
        metrics.gauge(Gauge.TOPICS_ACTIVE, () -> 3);
        metrics.gauge(Gauge.QUEUE_DEPTH, () -> 8);
        metrics.gauge(Gauge.EVENTS_QUEUED, () -> 9);
        Cells cells = metrics.cells(0);
        cells.add(Counter.MESSAGES_PUBLISHED, 100);
        cells.add(Counter.MESSAGES_SENT, 1000);
        cells.add(Counter.BYTES_SENT, 5_000_000_000L);
        cells.dropped(OverflowPolicy.DROP_NEWEST, 2);
        cells.dropped(OverflowPolicy.DROP_OLDEST, 3);
        cells.add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
        cells.add(Counter.REQUESTS_REJECTED, RequestRefusal.RATE);
        cells.add(Counter.ADMISSION_REJECTED, AdmissionRefusal.QUEUE_FULL);
        metrics.gauge(Gauge.ADMISSION_LIMIT, () -> 900);
        metrics.gauge(Gauge.ADMISSION_IN_FLIGHT, () -> 17);
        metrics.gauge(Gauge.ADMISSION_QUEUED, () -> 4);
        metrics.gauge(Gauge.ADMISSION_UTILIZATION, () -> 0.75);
        metrics.gauge(Gauge.ADMISSION_SMOOTHED_LATENCY_SECONDS, () -> 0.25);

        assertThat(metrics.statsJson(Map.of()))
                .isEqualTo(
                        """
                        {"uptimeSeconds":61,"connections":12,"streams":10,"topics":3,\
                        "queueDepth":8,"queueDepthTotal":9,"published":100,"sent":1000,\
                        "dropped":5,"bytesSent":5000000000,\
                        "limit":900,"inflight":17,"queued":4,"elu":0.75,\
                        "smoothedLatency":250.0,"shed":{"cap":0,"queue_full":1,\
                        "queue_timeout":0,"utilization":0},\
                        "rejectedConnections":{"cap":1},\
                        "rejected":{"parse":0,"limit":0,"timeout":0,"input_memory":0,\
                        "expectation":0,"misdirected":0,"rate":1,\
                        "not_found":0,"method":0,"admission":0,"not_acceptable":0,"unauthorized":0,\
                        "forbidden":0,"invalid":0,"body":0,"hub_full":0,"blocked":0,\
                        "unconfirmed":0},\
                        "pools":[]}\
                        """);
    }

    @Test
    void describesEveryPoolWithWhatIsOutstanding() {
        PoolReport busy =
                new PoolReport(
                        "app",
                        1,
                        2,
                        3,
                        12,
                        4,
                        5,
                        600,
                        7,
                        1,
                        new EnumMap<>(Map.of(PoolFailure.RESET, 8L, PoolFailure.QUEUE_FULL, 9L)),
                        List.of(),
                        0,
                        List.of(
                                new PoolReport.Address("10.0.0.1:80", 6, 0, false),
                                new PoolReport.Address("10.0.0.2:80", 0, 150, true)),
                        List.of(new PoolReport.Outstanding("GET", "/a\"b", "running", 1200)));
        metrics.pools(() -> List.of(busy));
        metrics.pools(() -> List.of(PoolReports.untouched("quiet:8080")));

        assertThat(metrics.statsJson(Map.of()))
                .endsWith(
                        """
                        "pools":[{"name":"app",\
                        "connections":{"connecting":1,"idle":2,"active":3,"streaming":12},\
                        "queued":4,"inFlight":5,"requests":600,"retries":7,"replays":1,\
                        "failures":{"total":17,"queue_full":9,"reset":8},\
                        "addresses":[\
                        {"address":"10.0.0.1:80","connections":6,"backoffMillis":0,"leftOut":false},\
                        {"address":"10.0.0.2:80","connections":0,"backoffMillis":150,"leftOut":true}],\
                        "outstanding":[{"method":"GET","target":"/a\\"b","state":"running",\
                        "ageMillis":1200}]},\
                        {"name":"quiet:8080",\
                        "connections":{"connecting":0,"idle":0,"active":0,"streaming":0},\
                        "queued":0,"inFlight":0,"requests":0,"retries":0,"replays":0,\
                        "failures":{"total":0},"addresses":[],"outstanding":[]}]}\
                        """);
    }

    @Test
    void takesInWhatOthersKnow() {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("state", "READY");
        more.put("loops", List.of(0.5, 1));

        assertThat(metrics.statsJson(more)).endsWith(",\"state\":\"READY\",\"loops\":[0.5,1]}");
    }

    @Test
    void whatOthersKnowWinsUnderTheSameKey() {
        assertThat(metrics.statsJson(Map.of("connections", 77)))
                .contains("\"connections\":77,")
                .doesNotContain("\"connections\":0");
    }

    @Test
    void textStaysInsideItsQuotes() {
        assertThat(Json.write("a\"b\\c\nd\u0001\u00e9\ud83d\ude00"))
                .isEqualTo("\"a\\\"b\\\\c\\u000ad\\u0001\u00e9\ud83d\ude00\"");
    }

    @Test
    void aKeyIsEscapedLikeAnyText() {
        assertThat(Json.write(Map.of("a\"", 1))).isEqualTo("{\"a\\\"\":1}");
    }

    @Test
    void whatJsonHasNoNumberForIsNull() {
        assertThat(Json.write(Arrays.asList(Double.NaN, Float.POSITIVE_INFINITY, null, true)))
                .isEqualTo("[null,null,null,true]");
    }

    @Test
    void refusesAValueThatIsNoJson() {
        assertThatThrownBy(() -> Json.write(new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }
}
