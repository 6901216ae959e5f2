// Takes a batch of images after another out of all of them, epoch after epoch, each in an order of its own.
const STEP_MS = 900;

function pictured(data, rows, kind) {
  return rows.map((row) => Object.assign(document.createElement("img"), {
    src: data.images[row], alt: data.names[row], title: data.names[row], className: kind(row),
  }));
}

function filled(text, values) { return text.replace(/\{(\w+)\}/g, (_all, name) => values[name]); }

function draw(root, data, step) {
  const n = data.images.length, steps = Math.ceil(n / data.batch_size);
  const epoch = Math.floor(step / steps), within = step % steps, order = data.orders[epoch];
  const begin = within * data.batch_size, batch = order.slice(begin, begin + data.batch_size);
  const seen = new Set(order.slice(0, begin)), now = new Set(batch);
  const kind = (row) => (now.has(row) ? "now" : seen.has(row) ? "seen" : "");
  root.querySelector(".all").replaceChildren(...pictured(data, [...Array(n).keys()], kind));
  root.querySelector(".batch").replaceChildren(...pictured(data, batch, () => ""));
  const words = data.words;
  root.querySelector(".where").textContent = filled(words.where, { epoch: epoch + 1, step: within + 1, steps });
  root.querySelector(".said").textContent = filled(words.said, { updates: step + 1, images: epoch * n + begin + batch.length });
  root.querySelector(".all-title").textContent = words.all;
  root.querySelector(".batch-title").textContent = words.batch;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".batches");
  const steps = Math.ceil(data.images.length / data.batch_size) * data.orders.length;
  const key = JSON.stringify(data);
  return player(root, { key, steps, ms: STEP_MS, words: data.words, draw: (step) => draw(root, data, step) });
}
