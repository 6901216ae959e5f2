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

// Draws it anew where something changed. `known` is what this page keeps between questions, `words` the sentences around.
function question(known, asked, words) {
  const sign = JSON.stringify(asked);
  if (sign === known.asked) return;
  const before = known.sheet?.contains(document.activeElement);
  known.asked = sign;
  known.sheet?.remove();
  known.sheet = null;
  if (!asked || (asked.state !== "open" && asked.number === known.put_away)) return;
  const sheet = (known.sheet = document.createElement("section"));
  sheet.className = "fitscope-question";
  sheet.style.cssText = SHEET;
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", words.question);
  put(sheet, "p", asked.text, "margin:0 0 .4rem;font-size:1.25rem;font-weight:600");
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
  const said = put(sheet, "p", asked.state === "open" ? (asked.mine == null ? words.choose : words.chosen) : asked.state === "closed" ? words.closed : "", "margin:.8rem 0 0");
  said.setAttribute("role", "status");
  if (asked.state !== "open") {
    const close = put(sheet, "button", words.close, CHOICE + ";width:auto");
    close.onclick = () => { known.put_away = asked.number; sheet.remove(); known.sheet = null; };
  }
  document.body.append(sheet);
  if (before) sheet.querySelector("button:not(:disabled)")?.focus();

  async function choose(place) {
    try {
      const body = JSON.stringify({ number: asked.number, choice: place });
      const answer = await fetch(words.answer_at, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (answer.ok) question(known, { ...asked, mine: place }, words);
      else said.textContent = words.closed;
    } catch { said.textContent = words.again; }
  }
}
