// A drawing pad for mouse, pen and finger; tells the server the picture while one draws and when the pen is lifted.
const WHILE_DRAWING_MS = 120, UNDO_STEPS = 30;
const pads = new WeakMap();  // canvas -> what it needs to know

function clear(canvas) {
  const context = canvas.getContext("2d"), { data } = pads.get(canvas);
  context.fillStyle = data.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function tell(canvas) {
  pads.get(canvas).send(canvas.toDataURL("image/png"));
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

function begin(canvas, event) {
  const context = canvas.getContext("2d"), pad = pads.get(canvas), [x, y] = place(canvas, event);
  canvas.setPointerCapture(event.pointerId);
  pad.before.push(context.getImageData(0, 0, canvas.width, canvas.height));
  pad.before.splice(0, pad.before.length - UNDO_STEPS);
  Object.assign(context, { lineWidth: pad.data.width, lineCap: "round", lineJoin: "round", strokeStyle: pad.data.ink });
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 0.01, y);  // a tap is a dot
  context.stroke();
  pad.drawing = true;
}

function go(canvas, event) {
  const pad = pads.get(canvas);
  if (!pad.drawing) return;
  const context = canvas.getContext("2d");
  for (const one of event.getCoalescedEvents?.() ?? [event]) context.lineTo(...place(canvas, one));
  context.stroke();
  pad.timer ??= setTimeout(() => { pad.timer = null; tell(canvas); }, WHILE_DRAWING_MS);
}

function end(canvas) {
  const pad = pads.get(canvas);
  if (!pad.drawing) return;
  pad.drawing = false;
  clearTimeout(pad.timer);
  pad.timer = null;
  tell(canvas);
}

function undo(canvas) {
  const pad = pads.get(canvas);
  if (!pad.before.length) return;
  canvas.getContext("2d").putImageData(pad.before.pop(), 0, 0);
  tell(canvas);
}

function restore(canvas, picture) {
  const image = new Image();
  image.onload = () => canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.src = picture;
}

export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas"), [back, button] = parentElement.querySelectorAll("button");
  const pad = pads.get(canvas) ?? { drawing: false, timer: null, before: [] }, ground = pad.data?.ground;
  // the same object after a rerun: the timer of a stroke that is being drawn keeps its place in it
  pads.set(canvas, Object.assign(pad, { data, send: (picture) => setStateValue("picture", picture) }));
  back.textContent = data.words.undo;
  button.textContent = data.words.clear;
  canvas.setAttribute("aria-label", data.words.pad);
  if (ground === data.ground) return;  // a rerun of the page leaves the drawing alone
  canvas.width = canvas.height = data.side;
  clear(canvas);
  if (data.picture) restore(canvas, data.picture);
  canvas.onpointerdown = (event) => { event.preventDefault(); begin(canvas, event); };
  canvas.onpointermove = (event) => go(canvas, event);
  canvas.onpointerup = canvas.onpointercancel = () => end(canvas);
  button.onclick = () => { clear(canvas); pad.before = []; pad.send(""); };
  back.onclick = () => undo(canvas);
  return () => {  // on a busy machine also of a rendering that a newer one has overtaken: the pad goes on
    clearTimeout(pad.timer);
    pad.timer = null;
  };
}
