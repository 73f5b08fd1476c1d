// One stream for all tabs of a browser, which has few connections to the desk for all of them together.
// Each visible tab says which address it wants to follow; the stream follows what they want, and all hear it.
const PAUSE = 200; // somebody who turns to another page leaves one and opens the next
const MOST_TICKETS = 100;

const wanted = new Map();
const streams = new Set();
let newest;
let wait;

const together = () => {
  const asked = new URLSearchParams();
  const queries = [...wanted.values()].map((address) => new URL(address, location.origin).searchParams);
  if (queries.some((query) => !query.has("ticket") && !query.has("bell"))) asked.set("queue", "yes");
  if (queries.some((query) => query.has("bell"))) asked.set("bell", "yes");
  const tickets = new Set(queries.flatMap((query) => query.getAll("ticket")));
  [...tickets].sort().slice(-MOST_TICKETS).forEach((ticket) => asked.append("ticket", ticket));
  return wanted.size ? `/live?${asked}` : "";
};

const close = (stream) => {
  stream.close();
  streams.delete(stream);
};

const tell = ({ data }) => wanted.forEach((_, port) => port.postMessage(data));

const follow = () => {
  const address = together();
  if (!address) return streams.forEach(close);
  if (streams.has(newest) && newest.address === address && newest.readyState !== EventSource.CLOSED) return;
  const stream = new EventSource(address);
  stream.address = address;
  stream.addEventListener("changed", tell);
  // Those before it go on until it is open, so that nothing is missed between them; one after it goes on.
  stream.addEventListener("open", () => [...streams].slice(0, [...streams].indexOf(stream)).forEach(close));
  streams.add(stream);
  newest = stream;
};

addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data: address }) => {
    if (address) wanted.set(port, address);
    else wanted.delete(port);
    clearTimeout(wait);
    wait = setTimeout(follow, address ? 0 : PAUSE); // opened at once, or what changes meanwhile is missed
  });
  port.start();
});
