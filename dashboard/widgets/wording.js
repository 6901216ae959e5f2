// Streamlit writes its own words in English; here they get those of the page, wherever they appear and stay.
const own = new WeakMap();  // text or element -> {attribute or "": [as Streamlit wrote it, as we wrote it]}

function translated(text, element, written) {
  const bare = text.trim();
  for (const { within, words, patterns, spoken } of window.fitscopeWords) {
    if ((spoken && written) || !element.closest(within)) continue;
    if (Object.hasOwn(words, bare)) return text.replace(bare, () => words[bare]);
    for (const [pattern, said] of patterns) {  // a name within it may have signs that `replace` would read: a$&b.png
      const whole = bare.replace(new RegExp(pattern), said);
      if (whole !== bare) return text.replace(bare, () => whole);
    }
  }
  return text;
}

function say(node, name, element) {
  const read = () => (name ? node.getAttribute(name) : node.data);
  const known = own.get(node) ?? {}, now = read();
  if (now == null) return;
  const original = known[name]?.[1] === now ? known[name][0] : now;
  const said = translated(original, element, !name);
  own.set(node, { ...known, [name]: [original, said] });
  if (said !== now) name ? node.setAttribute(name, said) : (node.data = said);
}

const NAMES = ["aria-label", "title", "placeholder"];

function translate(root) {
  if (root.nodeType === Node.TEXT_NODE) return root.parentElement && say(root, "", root.parentElement);
  if (root.nodeType !== Node.ELEMENT_NODE || root.closest(".fitscope-plot")) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) say(node, "", node.parentElement);
    else for (const name of NAMES) if (node.hasAttribute(name)) say(node, name, node);
  }
}

function watch() {
  if (window.fitscopeWatching) return;
  window.fitscopeWatching = new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === "childList") addedNodes.forEach(translate);
      else if (type === "characterData") translate(target);
      else if (!target.closest(".fitscope-plot")) say(target, attributeName, target);
    }
  });
  window.fitscopeWatching.observe(document.body, { childList: true, subtree: true, characterData: true, attributeFilter: NAMES });
}

export default function ({ data }) {
  hideHelpAfterPress();
  const before = JSON.stringify(window.fitscopeWords ?? []);
  window.fitscopeWords = data.words;
  document.documentElement.lang = data.language;  // for screen readers
  if (data.chosen) document.cookie = `${data.chosen}; path=/; max-age=31536000; samesite=lax`;  // a year
  if (JSON.stringify(data.words) === before) return;
  watch();
  translate(document.body);
}
