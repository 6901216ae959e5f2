// A drawing pad for mouse, pen and finger; tells the server the picture whenever the pen is lifted.
const pads = new WeakMap();  // canvas -> what it needs to know

function clear(canvas) {
  const context = canvas.getContext("2d"), { data } = pads.get(canvas);
  context.fillStyle = data.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function tell(canvas) {
  const pad = pads.get(canvas);
  pad.last = canvas.toDataURL("image/png");
  pad.send(pad.last);
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
}

function begin(canvas, event) {
  const context = canvas.getContext("2d"), pad = pads.get(canvas), [x, y] = place(canvas, event);
  canvas.setPointerCapture(event.pointerId);
  Object.assign(context, { lineWidth: pad.data.width, lineCap: "round", lineJoin: "round", strokeStyle: pad.data.ink });
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 0.01, y);  // a tap is a dot
  context.stroke();
  pad.drawing = true;
}

function go(canvas, event) {
  if (!pads.get(canvas).drawing) return;
  const context = canvas.getContext("2d");
  for (const one of event.getCoalescedEvents?.() ?? [event]) context.lineTo(...place(canvas, one));
  context.stroke();
}

function end(canvas) {
  const pad = pads.get(canvas);
  if (!pad.drawing) return;
  pad.drawing = false;
  tell(canvas);
}

function restore(canvas, picture) {
  const image = new Image();
  image.onload = () => canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.src = picture;
}

export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas"), button = parentElement.querySelector("button");
  const before = pads.get(canvas);
  pads.set(canvas, { drawing: false, last: data.picture, ...before, data, send: (picture) => setStateValue("picture", picture) });
  button.textContent = data.words.clear;
  canvas.setAttribute("aria-label", data.words.pad);
  if (before?.data.ground === data.ground) return;  // a rerun of the page leaves the drawing alone
  canvas.width = canvas.height = data.side;
  clear(canvas);
  if (data.picture) restore(canvas, data.picture);
  canvas.onpointerdown = (event) => { event.preventDefault(); begin(canvas, event); };
  canvas.onpointermove = (event) => go(canvas, event);
  canvas.onpointerup = canvas.onpointercancel = () => end(canvas);
  button.onclick = () => { clear(canvas); const pad = pads.get(canvas); pad.last = null; pad.send(""); };
}
