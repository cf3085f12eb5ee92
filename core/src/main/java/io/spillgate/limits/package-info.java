/// Static refusals: connection cap, request limits, rate limit, and the CORS policy.
@org.jspecify.annotations.NullMarked
package io.spillgate.limits;
