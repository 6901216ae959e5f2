// Covers the page while the teacher wants everybody to look up, offers what was sent and asks what is asked; what lies beneath stays as it is.
const ASK = 2000;  // ms

export default function ({ data, parentElement }) {
  const known = (window.fitscopeSignal ??= { cover: null, bar: null, timer: 0 });
  Object.assign(known, { data, page: parentElement });
  if (!known.timer) ask();

  async function ask() {
    known.timer = setTimeout(ask, ASK * (0.8 + 0.4 * Math.random()));
    if (!known.page.isConnected) return void (show(false), offer(null), question(known, null, known.data), clock(known, null, known.data));
    if (document.hidden) return;
    try {
      const answer = await fetch(known.data.address, { cache: "no-store" });
      const { frozen, sent, asked, left } = answer.ok ? await answer.json() : {};
      show(Boolean(frozen));
      offer(sent ?? null);
      question(known, asked ?? null, known.data);
      clock(known, left ?? null, known.data);
    } catch { /* the server is away for a moment: what is shown stays, and it is asked again */ }
  }

  // Whether the page in view is the one that was sent. A recipe is more than its page.
  function isHere(address) {
    const [path, query = ""] = address.split("?"), here = new URLSearchParams(location.search);
    const alike = [...new URLSearchParams(query)].every(([name, value]) => here.get(name) === value);
    return path === location.pathname && !path.endsWith("/train") && alike;
  }

  // A bar over the page with a link to what the teacher sent, until it is opened or closed; a reload does not bring it back.
  function offer(sent) {
    if (sent && isHere(sent.address)) sessionStorage.setItem("fitscopeSent" + known.data.of, sent.number);
    const seen = Number(sessionStorage.getItem("fitscopeSent" + known.data.of) ?? 0), shown = known.bar?.dataset.number;
    if (shown && Number(shown) <= seen) (known.bar.remove(), known.bar = null);
    if (sent && (sent.number <= seen || String(sent.number) === shown)) return;
    known.bar?.remove();
    known.bar = null;
    if (!sent) return;
    const { data } = known, bar = (known.bar = document.createElement("div")), words = document.createElement("span");
    const open = document.createElement("a"), close = document.createElement("button");
    const read = () => { sessionStorage.setItem("fitscopeSent" + known.data.of, sent.number); bar.remove(); known.bar = null; };
    bar.dataset.number = sent.number;
    bar.className = "fitscope-sent";
    bar.setAttribute("role", "status");
    bar.style.cssText = "position:fixed;left:0;right:0;bottom:0;z-index:999992;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;"
      + "justify-content:center;padding:.8rem 1rem;font:1.1rem sans-serif;background:#0B1520;color:#fff;box-shadow:0 0 12px #0006";
    words.append(data.sent + " ", Object.assign(document.createElement("strong"), { textContent: sent.title }));
    Object.assign(open, { href: `${sent.address}&lang=${data.lang}`, textContent: data.open, onclick: read });
    open.style.cssText = "padding:.4rem 1.1rem;border-radius:.4rem;background:#5FB4DC;color:#0B1520;font-weight:600;text-decoration:none";
    Object.assign(close, { type: "button", textContent: data.close, onclick: read });
    close.style.cssText = "padding:.4rem .8rem;border-radius:.4rem;border:1px solid #7B8894;background:none;color:inherit;font:inherit;cursor:pointer";
    bar.append(words, open, close);
    document.body.append(bar);
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
