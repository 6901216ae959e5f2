// How many pictures of each class there are, of all and of mine, which change with the news; a tile can be pressed to choose its class.
function child(parent, kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".counters");
  place.counters = { ...data, tell: setStateValue };
  place.classList.toggle("wall", data.wall);
  if (place.chosen === undefined || data.chosen !== place.said) place.chosen = place.said = data.chosen;  // what was just pressed stays
  show(followNews(data.address, place, show));

  function show(news) {
    const { words, selectable, tell } = place.counters, told = news?.run?.words?.classes ? news.run.words : place.counters.news;
    if (told.sign !== place.counters.sign && told.sign !== place.asked) {
      place.asked = told.sign;
      tell("sign", told.sign);  // the teacher has changed something: the page is drawn anew
    }
    const fresh = document.createElement("div"), tiles = child(fresh, "div", "tiles");
    for (const one of told.classes) {
      const tile = child(tiles, selectable ? "button" : "div", "tile");
      child(tile, "b", "", one.name);
      child(tile, "span", "all", `${one.all}`);
      if (selectable) child(tile, "span", "mine", words.mine.replace("{n}", one.mine));
      if (!selectable) continue;
      tile.type = "button";
      tile.dataset.label = one.label;
      tile.setAttribute("aria-pressed", one.label === place.chosen);
    }
    if (told.people.length) {
      const people = child(fresh, "ul", "people"), most = Math.max(1, ...told.people.map(({ counts }) => sum(counts)));
      for (const { name, counts } of told.people) {
        const row = child(people, "li", "");
        child(row, "span", "name", name);
        const track = child(row, "span", "track");
        child(track, "span", "bar").style.width = `${(100 * sum(counts)) / most}%`;
        child(row, "span", "n", `${sum(counts)}`).title = counts.map((n, at) => `${told.classes[at].name}: ${n}`).join(" · ");
      }
    }
    if (fresh.innerHTML !== place.innerHTML) {
      const held = place.contains(place.getRootNode().activeElement) ? place.getRootNode().activeElement.dataset.label : undefined;
      place.replaceChildren(...fresh.childNodes);
      if (held !== undefined) place.querySelector(`[data-label="${held}"]`)?.focus();
    }
  }

  place.onclick = (event) => {
    const tile = event.target.closest("button.tile");
    if (!tile) return;
    place.chosen = Number(tile.dataset.label);
    for (const one of place.querySelectorAll("button.tile")) one.setAttribute("aria-pressed", Number(one.dataset.label) === place.chosen);
    setStateValue("chosen", place.chosen);
  };
  return () => setTimeout(() => { if (!place.isConnected) leaveNews(place); });
}

function sum(numbers) { return numbers.reduce((all, n) => all + n, 0); }
