// The news of a run, or of all runs of a race, one connection for everything on the page that shows it; put before the script of each component.
// An event stream first; where that does not get through, a question a second; where that fails too, the page is told.
const FIRST_WORD = 6000, POLL = 1000, ALONE_POLL = 5000, STREAM_AGAIN = 60000;  // ms
const TRIES = 3;  // of a stream, before it is polled

class News {
  constructor(address) {
    Object.assign(this, { address, place: "", run: null, runs: {}, phase: "", listeners: new Set(), failures: 0, alone: false, ended: false, streamed: 0 });
    this.seen = () => (document.hidden ? this.stop() : this.start());  // a tab that nobody sees needs none of the few connections
    document.addEventListener("visibilitychange", this.seen);
    this.start();
  }

  start() {
    if (this.ended || document.hidden || this.source || this.timer || this.asking) return;
    this.failures < TRIES ? this.stream() : this.poll();
  }

  stop() {
    this.source?.close();
    clearTimeout(this.timer);
    this.source = this.timer = undefined;
  }

  close() {
    this.stop();
    this.ended = true;
    document.removeEventListener("visibilitychange", this.seen);
  }

  later(milliseconds, what) {
    this.stop();
    this.timer = setTimeout(() => { this.timer = undefined; what.call(this); }, milliseconds * (0.8 + 0.4 * Math.random()));
  }

  question() { return `${this.address}&since=${this.place}`; }

  stream() {
    this.streamed = Date.now();
    const source = this.source = new EventSource(this.question());
    this.timer = setTimeout(() => { this.failures = TRIES; this.later(0, this.start); }, FIRST_WORD);  // a proxy gathers
    source.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.failures = 0;
      this.take(JSON.parse(data));
    };
    source.onerror = () => this.failed();
  }

  failed() {
    this.failures++;
    this.later(this.failures < TRIES ? 300 * 2 ** this.failures : 0, this.start);
  }

  async poll() {
    this.asking = true;
    try {
      const answer = await fetch(this.question(), { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      this.take(await answer.json());
      if (Date.now() - this.streamed > STREAM_AGAIN) this.failures = 0;
    } catch {
      this.alone = true;
      this.tell();
    }
    this.asking = false;
    if (!this.ended && !document.hidden) this.later(this.alone ? ALONE_POLL : POLL, this.start);
  }

  // Puts what is new behind what is there. A message that goes on from another place than ours cannot come: we named ours.
  take(message) {
    if (message.runs) for (const [at, news] of Object.entries(message.runs)) this.runs[at] = grown(this.runs[at], news);
    else this.run = grown(this.run, message);
    this.phase = message.phase ?? this.phase;
    this.place = message.place ?? this.place;
    this.alone = false;
    if (message.phase === "ended") this.close();
    this.tell();
  }

  tell() { for (const listener of this.listeners) listener(this); }
}

// A run with a message behind what is known of it: epochs are added, the windows of its steps take the place of older ones.
function grown(known, message) {
  const run = message.anew || !known ? { epochs: {}, steps: {} } : known;
  for (const [name, values] of Object.entries(message.epochs ?? {})) (run.epochs[name] ??= []).push(...values);
  for (const [name, { first, ...lines }] of Object.entries(message.steps ?? {})) {
    const chart = (run.steps[name] ??= {});
    for (const [line, values] of Object.entries(lines)) (chart[line] ??= []).splice(first, Infinity, ...values);
  }
  run.words = { ...run.words, ...message };
  return run;
}

// Has `listener` called with every piece of news of that address while `element` is on the page.
function followNews(address, element, listener) {
  const all = (window.fitscopeNews ??= new Map()), followed = (element.fitscopeNews ??= {});
  if (followed.address !== address) leaveNews(element);
  let news = all.get(address);
  if (address && (!news || (news.ended && !followed.address))) all.set(address, news = new (address.includes("/replay?") ? Replay : News)(address));
  news?.listeners.delete(followed.listener);
  Object.assign(followed, { address, listener });
  if (!address) return null;
  news.listeners.add(listener);
  return news;
}

function leaveNews(element) {
  const all = window.fitscopeNews, { address, listener } = element.fitscopeNews ?? {}, news = all?.get(address);
  if (!news) return;
  news.listeners.delete(listener);
  element.fitscopeNews = {};
  if (!news.listeners.size) { news.close(); all.delete(address); }
}

// A training that has ended, played to the same listeners: its messages are had at once, and the clock is ours.
const TICK = 50;  // ms
const SHORTEST = 4;  // seconds that it takes as it begins to play, or as many as it took

class Replay {
  constructor(address) {
    Object.assign(this, { address, run: null, runs: {}, phase: "curves", listeners: new Set(), watchers: new Map(), alone: false, ended: false, frames: [], length: 0, at: 0, next: 0, speed: 1, broken: false });
    this.load();
  }

  async load() {
    try {
      const answer = await fetch(this.address);
      if (!answer.ok) throw new Error(answer.statusText);
      ({ frames: this.frames, length: this.length } = await answer.json());
      this.speed = this.length >= SHORTEST * 100 ? 100 : this.length >= SHORTEST * 10 ? 10 : 1;
      this.seek(0);
      this.play();
    } catch {
      this.broken = true;
      this.moved();
    }
  }

  get playing() { return this.timer !== undefined; }

  play() {
    if (this.ended) return;
    if (this.at >= this.length) this.seek(0);
    this.last = performance.now();
    this.timer ??= setInterval(() => this.tick(), TICK);
    this.moved();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.moved();
  }

  tick() {
    const now = performance.now();
    this.go(Math.min(this.length, this.at + (now - this.last) / 1000 * this.speed));
    this.last = now;
    if (this.at >= this.length) this.pause();
  }

  seek(at) {
    if (at < this.at) Object.assign(this, { run: null, runs: {}, next: 0 });
    this.go(at, true);
  }

  // Tells everything that came up to a second; the charts are told where there is something new.
  go(at, anew = false) {
    const from = this.next;
    this.at = at;
    for (; this.next < this.frames.length && this.frames[this.next].at <= at; this.next++) {
      const message = this.frames[this.next];
      if (message.runs) for (const [place, news] of Object.entries(message.runs)) this.runs[place] = grown(this.runs[place], news);
      else this.run = grown(this.run, message);
    }
    if (anew || this.next !== from) for (const listener of this.listeners) listener(this);
    this.moved();
  }

  moved() { for (const watcher of this.watchers.values()) watcher(this); }

  close() {
    this.ended = true;
    this.pause();
  }
}
