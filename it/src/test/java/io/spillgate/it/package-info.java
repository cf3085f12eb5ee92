/// Black-box tests: exact bytes over sockets against a started gateway.
package io.spillgate.it;
