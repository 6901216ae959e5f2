// Covers the page while the teacher wants everybody to look up; what lies beneath stays as it is.
const ASK = 2000;  // ms

export default function ({ data, parentElement }) {
  const known = (window.fitscopeSignal ??= { cover: null, timer: 0 });
  Object.assign(known, { data, page: parentElement });
  if (!known.timer) ask();

  async function ask() {
    known.timer = setTimeout(ask, ASK * (0.8 + 0.4 * Math.random()));
    if (!known.page.isConnected) return show(false);
    if (document.hidden) return;
    try {
      const answer = await fetch(known.data.address, { cache: "no-store" });
      show(answer.ok && (await answer.json()).frozen);
    } catch { /* the server is away for a moment: what is shown stays, and it is asked again */ }
  }

  function show(frozen) {
    if (frozen === Boolean(known.cover)) return;
    if (!frozen) {
      known.cover.remove();
      known.before?.focus?.();
      known.cover = null;
      return;
    }
    const cover = (known.cover = document.createElement("dialog")), title = document.createElement("h1"), text = document.createElement("p");
    title.textContent = known.data.title;
    text.textContent = known.data.text;
    cover.append(title, text);
    cover.className = "fitscope-cover";
    cover.style.cssText = "position:fixed;inset:0;width:100vw;height:100vh;max-width:none;max-height:none;margin:0;border:0;box-sizing:border-box;"
      + "display:grid;place-content:center;text-align:center;gap:.5rem;font:1.3rem sans-serif;background:#0B1520;color:#fff";
    cover.addEventListener("cancel", (event) => event.preventDefault());
    known.before = document.activeElement;
    document.body.append(cover);
    cover.showModal();
  }
}
