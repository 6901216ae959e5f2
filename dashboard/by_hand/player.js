// What the animations share: back, play, pause, on and a slider over steps that a drawing function shows.
const players = new WeakMap();  // root -> what it plays and where it is

// Plays `steps` steps, each shown by draw(step); the same data again, as after a rerun of the page, disturbs nothing.
function player(root, { key, steps, ms, words, draw }) {
  const before = players.get(root);
  if (before?.key === key) return () => stop(before);
  if (before) stop(before);
  const place = { key, steps, words, draw, root, step: 0, timer: null };
  players.set(root, place);
  const part = (name) => root.querySelector(name);
  part(".back").onclick = () => { stop(place); go(place, place.step - 1); };
  part(".next").onclick = () => { stop(place); go(place, place.step + 1); };
  part(".play").onclick = () => {
    if (place.timer) stop(place);
    else {
      if (place.step === steps - 1) place.step = 0;
      place.timer = setInterval(() => go(place, place.step + 1), ms);
    }
    go(place, place.step);
  };
  part("input").oninput = (event) => { stop(place); go(place, Number(event.target.value)); };
  for (const name of ["back", "next"]) part(`.${name}`).title = words[name];
  part("input").setAttribute("aria-label", words.slider);
  go(place, 0);
  return () => stop(place);
}

function stop(place) { clearInterval(place.timer); place.timer = null; }

// Shows a step of what a root plays.
function jump(root, step) { const place = players.get(root); stop(place); go(place, step); }

function go(place, step) {
  place.step = Math.max(0, Math.min(place.steps - 1, step));
  if (place.step === place.steps - 1) stop(place);
  const slider = place.root.querySelector("input"), play = place.root.querySelector(".play");
  slider.max = place.steps - 1; slider.value = place.step;
  play.textContent = place.timer ? "❚❚" : "▶";
  play.title = place.timer ? place.words.pause : place.words.play;
  place.draw(place.step);
}
