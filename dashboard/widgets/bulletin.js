// The words around the curves of a run that goes on: its head, its verdict or its figures, as the news say them.
const PARTS = {
  head({ head }, place) {
    const badge = child(place, "span", "badge " + head.colour), icon = child(badge, "span", "icon");
    icon.textContent = head.icon;
    icon.setAttribute("aria-hidden", "true");
    badge.append(head.state);
    child(place, "span", "progress").textContent = head.progress;
  },
  bar({ head, preparing }, place) {
    const [words, share] = preparing ?? ["", head.share];
    if (share === null) return;
    if (words) child(place, "span", "").textContent = words;
    const bar = child(place, "progress", "");
    bar.value = share;
    bar.setAttribute("aria-label", words || head.progress);
  },
  note({ note }, place) {
    if (!note) return;
    const box = child(place, "div", "note " + note.kind), icon = child(box, "span", "icon"), words = child(box, "div", "");
    icon.textContent = note.icon;
    icon.setAttribute("aria-hidden", "true");
    child(words, "strong", "").textContent = note.title;
    child(words, "p", "").textContent = note.text;
    child(words, "p", "why").textContent = note.why;
  },
  cards({ cards }, place) {
    cards.forEach(({ title, value, help }) => {
      const card = child(place, "div", "card");
      card.title = help;
      child(card, "span", "").textContent = title;
      child(card, "b", "").textContent = value;
    });
  },
};

function child(parent, kind, name) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  parent.append(made);
  return made;
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const place = parentElement.querySelector(".bulletin");
  place.classList.add(data.part);
  const known = place.bulletin ?? {}, { turned = 0, alone = data.alone, again } = known;
  const asked = known.data?.phase === data.phase ? known.asked : 0;
  place.bulletin = { data, setStateValue, setTriggerValue, turned, asked, again, alone };
  const news = followNews(data.address, place, show);
  show(news);

  function show(news) {
    const { data, setStateValue, setTriggerValue } = place.bulletin, words = news?.run?.words ?? data.words;
    const fresh = document.createElement("div");
    PARTS[data.part](words.head ? words : data.words, fresh);
    if (fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
    if (!data.leads || !news) return;
    if (news.alone !== place.bulletin.alone) setStateValue("alone", place.bulletin.alone = news.alone);
    clearTimeout(place.bulletin.again);
    if (!news.run || words.phase === data.phase) return;
    // The page is asked, and again where it did not hear: the last news of a run are followed by no others. Each time it
    // is left longer in peace, since a question interrupts what it may be answering.
    const peace = () => place.bulletin.turned + Math.min(30000, 1000 * 2 ** place.bulletin.asked) - Date.now();
    if (peace() <= 0 || !place.bulletin.asked) {
      place.bulletin.turned = Date.now();
      place.bulletin.asked++;
      setTriggerValue("turned", words.phase);
    }
    place.bulletin.again = setTimeout(() => place.isConnected && show(news), Math.max(peace(), 50));
  }
  return () => setTimeout(() => { if (!place.isConnected) leaveNews(place); });
}
