// How the runs of a race stand, a line each, as their news say it; asks for a run of the script once all have ended.
function child(parent, kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

function racer(place, { letter, colour, name, words }) {
  const line = child(place, "div", "racer"), { head, note } = words;
  child(line, "b", "letter", letter).style.background = colour;
  child(line, "span", "name", name);
  const badge = child(line, "span", "badge " + head.colour), icon = child(badge, "span", "icon", head.icon);
  icon.setAttribute("aria-hidden", "true");
  badge.append(head.state);
  child(line, "span", "progress", head.progress);
  if (note) child(line, "span", "said", note.title);
  if (head.share === null) return;
  const bar = child(line, "progress", "");
  bar.value = head.share;
  bar.setAttribute("aria-label", `${letter}: ${head.progress}`);
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const place = parentElement.querySelector(".racers");
  const { asked = 0, alone = data.alone } = place.racers ?? {};
  place.racers = { data, setStateValue, setTriggerValue, asked, alone };
  show(followNews(data.address, place, show));

  function show(news) {
    const { data, setStateValue, setTriggerValue } = place.racers, fresh = document.createElement("div");
    data.racers.forEach((one, at) => racer(fresh, { ...one, words: { ...one.words, ...news?.runs[at]?.words } }));
    if (fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
    if (!news) return;
    if (news.alone !== place.racers.alone) setStateValue("alone", place.racers.alone = news.alone);
    if (news.phase !== "ended" || Date.now() - place.racers.asked < 1000) return;
    place.racers.asked = Date.now();
    setTriggerValue("ended", true);
  }
  return () => setTimeout(() => { if (!place.isConnected) leaveNews(place); });
}
