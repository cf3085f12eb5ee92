// A TCP relay in front of the gateway, whose connections a test can cut.
import net from 'node:net';
import { listen } from './program.mjs';

export class Relay {
  /** The heads of the requests that went through, one for each connection. */
  heads = [];
  #pairs = new Set();
  #cutNext = false;

  /** @param url of the gateway */
  static async to(url) {
    const relay = new Relay();
    const { hostname, port } = new URL(url);
    const server = await listen(
      net.createServer(client => relay.#join(client, net.connect(port, hostname))));
    relay.url = `http://127.0.0.1:${server.address().port}`;
    return relay;
  }

  /** Resets every connection. */
  cut() {
    for (const [client, gateway] of this.#pairs) {
      client.resetAndDestroy();
      gateway.destroy();
    }
    this.#pairs.clear();
  }

  /** Passes what the gateway sends next as far as the data of the last event, and then cuts. */
  cutInAnEvent() {
    this.#cutNext = true;
  }

  #join(client, gateway) {
    const pair = [client, gateway];
    this.#pairs.add(pair);
    client.once('data', bytes => this.heads.push(bytes.toString('latin1')));
    client.pipe(gateway);
    gateway.on('data', bytes => this.#pass(bytes, client));
    gateway.on('end', () => client.end());
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
  }

  #pass(bytes, client) {
    if (!this.#cutNext || !bytes.includes('data: ')) {
      client.write(bytes);
      return;
    }
    this.#cutNext = false;
    client.write(bytes.subarray(0, bytes.lastIndexOf('data: ') + 8), () => {
      client.destroy();
      this.cut();
    });
  }
}
