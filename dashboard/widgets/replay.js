// Plays a training that has ended: play and pause, from the beginning, a slider over its seconds, how quickly.
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".replay"), part = (name) => place.querySelector(name), { words } = data;
  const replay = followNews(data.address, place, () => {});
  replay.watchers.set("player", show);
  const play = part(".play"), again = part(".again"), slider = part("input"), all = part(".all");
  play.onclick = () => (replay.playing ? replay.pause() : replay.play());
  again.onclick = () => { replay.seek(0); replay.play(); };
  slider.oninput = () => replay.seek(Number(slider.value));
  all.onclick = () => { replay.pause(); replay.seek(replay.length); };
  all.textContent = words.all;
  all.title = words.all_help;
  again.title = words.again;
  again.setAttribute("aria-label", words.again);
  slider.setAttribute("aria-label", words.slider);
  part(".speeds").setAttribute("aria-label", words.speed);
  part(".speeds").title = words.speed;
  const speeds = [...place.querySelectorAll(".speeds button")];
  for (const button of speeds) button.onclick = () => { replay.speed = Number(button.value); show(replay); };
  show(replay);

  function show(replay) {
    part(".broken").textContent = replay.broken ? words.broken : "";
    const now = replay.playing ? words.pause : words.play;
    part(".play .icon").textContent = replay.playing ? "pause" : "play_arrow";
    play.title = now;
    play.setAttribute("aria-label", now);
    slider.max = replay.length;
    slider.value = replay.at;
    slider.setAttribute("aria-valuetext", clock(replay.at));
    part(".where").textContent = `${clock(replay.at)} / ${clock(replay.length)}`;
    for (const button of speeds) button.setAttribute("aria-pressed", Number(button.value) === replay.speed);
  }
  return () => setTimeout(() => { if (!place.isConnected) leaveNews(place); });
}
