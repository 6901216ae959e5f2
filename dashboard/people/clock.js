// The time that is left, counted down below the header; nothing where none is counted. It says so once, when it is up.
// Beside one's own menu, which stands there on a desk; on a phone that is in the header.
const CORNER = "position:fixed;top:3.2rem;right:clamp(.6rem, (100vw - 640px) * 1000, 13.5rem);z-index:999991;padding:.25rem .8rem;"
  + "border-radius:.4rem;background:#0B1520;color:#fff;"
  + "font:600 1.05rem/1.3 sans-serif;font-variant-numeric:tabular-nums;box-shadow:0 0 8px #0004";

function clock(known, left, words) {
  if (left === null) {
    clearInterval(known.ticking);
    known.clock?.remove();
    known.clock = known.ticking = null;
    return;
  }
  known.ends = performance.now() + 1000 * left;
  if (!known.clock) {
    known.clock = document.createElement("div");
    known.clock.className = "fitscope-clock";
    known.clock.style.cssText = CORNER;
    document.body.append(known.clock);
  }
  known.ticking ??= setInterval(() => tick(known, words), 1000);
  tick(known, words);
}

function tick(known, words) {
  const left = Math.ceil((known.ends - performance.now()) / 1000), over = left <= 0;
  known.clock.textContent = over ? words.over : `${words.left} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  known.clock.setAttribute("role", over ? "status" : "timer");  // a timer is not read aloud each second
}
