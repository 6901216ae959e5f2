// A camera that takes some pictures a second while its button is held. Each has a number, that of its press, and what it is
// of: the class that was in hand at the press, whichever is when it arrives. Those that the server has not got are sent
// again with the next ones, so that a rerun in between loses none.
const MOST_SIDE = 480, QUALITY = 0.9, AT_ONCE = 10, MOST_WAITING = 200;
const cameras = new WeakMap();  // video -> what it needs to know

async function start(video) {
  const camera = cameras.get(video);
  camera.stream?.getTracks().forEach((track) => track.stop());
  camera.say(camera.data.words.starting);
  try {
    const wanted = { facingMode: camera.facing, width: { ideal: 640 }, height: { ideal: 480 } };
    camera.stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
  } catch {  // undefined where the page came by plain http; refused; none there
    camera.say(camera.data.words.none);
    return;
  }
  video.srcObject = camera.stream;
  await video.play().catch(() => {});
  camera.hold.disabled = false;
  camera.turn.hidden = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput").length < 2;
  video.classList.toggle("mirrored", camera.facing === "user");
  camera.say(camera.data.words.ready);
  const watch = setInterval(() => {  // the page was left: the camera's light goes out
    if (video.isConnected) return;
    camera.stream.getTracks().forEach((track) => track.stop());
    release(video);
    clearInterval(watch);
  }, 500);
}

function take(video) {
  const camera = cameras.get(video);
  if (!video.videoWidth || camera.waiting.length >= MOST_WAITING) return;
  const canvas = document.createElement("canvas");
  const factor = Math.min(1, MOST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * factor);
  canvas.height = Math.round(video.videoHeight * factor);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  camera.waiting.push([camera.number++, canvas.toDataURL("image/jpeg", QUALITY), camera.press, camera.of]);
  camera.say(camera.data.words.taken.replace("{n}", ++camera.taken));
  if (camera.waiting.length >= AT_ONCE) tell(camera);
}

function tell(camera) {
  if (camera.underway || !camera.waiting.length) return;
  camera.underway = true;
  camera.send({ camera: camera.name, pictures: camera.waiting.slice(0, 2 * AT_ONCE) });
}

function press(video) {
  const camera = cameras.get(video);
  if (camera.timer || camera.hold.disabled) return;
  camera.taken = 0;
  camera.press++;
  camera.of = camera.data.of;
  camera.hold.setAttribute("aria-pressed", "true");
  take(video);  // a short press takes one
  camera.timer = setInterval(() => take(video), 1000 / camera.data.per_second);
}

function release(video) {
  const camera = cameras.get(video);
  if (!camera.timer) return;
  clearInterval(camera.timer);
  camera.timer = null;
  camera.hold.setAttribute("aria-pressed", "false");
  tell(camera);
}

export default function ({ data, parentElement, setStateValue }) {
  const video = parentElement.querySelector("video"), note = parentElement.querySelector("[role=status]");
  const [hold, turn] = parentElement.querySelectorAll("button"), known = cameras.get(video);
  const camera = known ?? {
    name: Math.random().toString(36).slice(2), number: 0, press: 0, taken: 0, waiting: [], timer: null, facing: "user", hold, turn,
  };
  cameras.set(video, Object.assign(camera, { data, send: (value) => setStateValue("taken", value) }));
  camera.say = (words) => { note.textContent = words; };
  hold.textContent = data.words.hold;
  turn.textContent = data.words.turn;
  video.setAttribute("aria-label", data.words.picture);
  if (known) {
    if (data.got.camera === camera.name) {
      camera.waiting = camera.waiting.filter(([number]) => number > data.got.number);
      camera.underway = false;
      if (camera.waiting.length >= AT_ONCE || !camera.timer) tell(camera);
    }
    return;
  }
  hold.onpointerdown = (event) => { hold.setPointerCapture(event.pointerId); press(video); };
  hold.onpointerup = hold.onpointercancel = hold.onblur = () => release(video);
  hold.oncontextmenu = (event) => event.preventDefault();  // what a long press on a phone would open
  hold.onkeydown = (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    press(video);
  };
  hold.onkeyup = (event) => { if (event.key === " " || event.key === "Enter") release(video); };
  turn.onclick = () => { camera.facing = camera.facing === "user" ? "environment" : "user"; start(video); };
  start(video);
}
