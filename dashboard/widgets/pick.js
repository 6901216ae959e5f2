// A wall of pictures to choose from: each is a button; tells the server the number of the one that was pressed.
export default function ({ data, parentElement, setStateValue }) {
  const wall = parentElement.querySelector(".pick");
  wall.replaceChildren(...data.pictures.map(({ source, caption, side }, place) => {
    const button = document.createElement("button"), image = document.createElement("img"), words = document.createElement("span");
    button.type = "button";
    image.src = source;
    image.alt = "";
    image.style.width = image.style.height = `${side}px`;
    words.textContent = caption;
    button.append(image, words);
    button.setAttribute("aria-pressed", place === data.chosen);
    button.onclick = () => setStateValue("picked", [place, data.wall]);
    return button;
  }));
}
