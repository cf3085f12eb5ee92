package io.spillgate.hub;

/// Who is subscribed to a topic on one loop.
///
/// Most topics of most subscribers never have an event while they watch. Such a topic costs an
/// entry in the table of [Topics] and nothing else: its only [Recipient], or a [Crowd] of them,
/// stands there until its first event makes a [TopicShard] of it, and again when it has been idle
/// for a while. There are no others; the interface is not sealed, because it would then know them.
interface Audience {}
