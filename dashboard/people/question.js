// The question of the teacher over the page: choices to press, and what was right once it is revealed.
const SHEET = "position:fixed;left:0;right:0;bottom:0;margin:auto auto 0;width:min(40rem,100vw);max-width:none;box-sizing:border-box;max-height:92vh;"
  + "overflow:auto;border:0;border-radius:.8rem .8rem 0 0;padding:1.3rem 1.5rem;font:1.1rem/1.4 sans-serif;background:#0B1520;color:#fff;"
  + "box-shadow:0 0 24px #0008;z-index:999993";
const CHOICE = "display:flex;gap:.8rem;justify-content:space-between;width:100%;box-sizing:border-box;margin:.5rem 0 0;padding:.75rem 1rem;font:inherit;"
  + "text-align:left;color:#fff;border-radius:.5rem;border:2px solid #7B8894;background:none;cursor:pointer";

function put(parent, kind, text, css) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (css) made.style.cssText = css;
  parent.append(made);
  return made;
}

// Draws it anew where something changed; what was put away after its end stays away, after a reload too. `known` is what
// this page keeps between questions, `words` the sentences around.
function question(known, asked, words) {
  const sign = JSON.stringify(asked?.paper && !asked.paper.fixed ? [asked.number, asked.state] : asked);  // what a hand draws stays
  if (sign === known.asked) return;
  const before = known.sheet?.contains(document.activeElement);
  known.asked = sign;
  known.sheet?.remove();
  known.sheet = null;
  if (!asked || (asked.state !== "open" && String(asked.number) === sessionStorage.getItem("fitscopePutAway" + words.of))) return;
  const sheet = (known.sheet = document.createElement("section"));
  sheet.className = "fitscope-question";
  sheet.style.cssText = SHEET;
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", words.question);
  put(sheet, "p", asked.text, "margin:0 0 .4rem;font-size:1.25rem;font-weight:600");
  if (asked.paper) draw();
  asked.choices.forEach((text, place) => {
    const mine = place === asked.mine, right = place === asked.right;
    const button = put(sheet, "button", undefined, CHOICE + (right ? ";border-color:#5FD49B;background:#12402B" : mine ? ";border-color:#5FB4DC;background:#12384C" : ""));
    put(button, "span", (right ? "✓ " : "") + text);
    if (asked.counts) put(button, "span", asked.counts[place]);
    button.type = "button";
    button.setAttribute("aria-pressed", mine);
    button.disabled = asked.state !== "open";
    button.onclick = () => choose(place);
  });
  const open = asked.paper ? (asked.paper.values ? words.drawn : words.draw) : asked.mine == null ? words.choose : words.chosen;
  const said = put(sheet, "p", asked.state === "open" ? open : asked.state === "closed" ? words.closed : (asked.said ?? ""), "margin:.8rem 0 0");
  said.setAttribute("role", "status");
  if (asked.state !== "open") {
    const close = put(sheet, "button", words.close, CHOICE + ";width:auto");
    close.onclick = () => { sessionStorage.setItem("fitscopePutAway" + words.of, asked.number); sheet.remove(); known.sheet = null; };
  }
  document.body.append(sheet);
  if (before) sheet.querySelector("button:not(:disabled)")?.focus();

  async function choose(place) {
    if (await send({ choice: place })) question(known, { ...asked, mine: place }, words);
  }

  // The paper of forecast.js, whose colours are those of the sheet.
  function draw() {
    put(sheet, "style", words.style);
    const paper = put(sheet, "div", undefined, "--st-text-color:#fff;--st-border-color:#4A5763;--st-primary-color:#5FB4DC;--st-background-color:#0B1520");
    put(paper, "div").className = "forecast";
    document.body.append(sheet);  // it is drawn as wide as it stands there
    const setStateValue = async (_name, values) => {
      const curve = asked.paper.epochs.map((epoch, at) => [epoch, values[at]]);
      if (await send({ curve })) said.textContent = words.drawn;
    };
    forecast({ data: asked.paper, parentElement: paper, setStateValue });
  }

  async function send(answer) {
    try {
      const body = JSON.stringify({ number: asked.number, ...answer });
      const heard = await fetch(words.answer_at, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!heard.ok) said.textContent = words.closed;
      return heard.ok;
    } catch {
      said.textContent = words.again;
      return false;
    }
  }
}
