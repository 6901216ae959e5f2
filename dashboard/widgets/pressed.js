// Help that opened on the way to a button has been read when that is pressed: then it would cover what the press changed.
const PRESSED = "fitscope-pressed";  // hides all help, see the style of the frame

function hideHelpAfterPress() {
  if (window.fitscopeHides) return;
  window.fitscopeHides = true;
  let pressed = null;  // where the button lay
  const inside = ({ clientX: x, clientY: y }) => x >= pressed.left && x <= pressed.right && y >= pressed.top && y <= pressed.bottom;
  const show = () => { pressed = null; document.documentElement.classList.remove(PRESSED); };
  document.addEventListener("click", (event) => {
    const button = event.composedPath()[0].closest?.("button, [role=radio], label");
    const asks = button?.closest("[data-testid=stTooltipIcon]") && !button.closest("[data-testid^=stBaseButton]");
    if (!button || asks) return;  // a question mark is pressed to read its help
    pressed = button.getBoundingClientRect();
    document.documentElement.classList.add(PRESSED);
  }, true);
  for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, (event) => pressed && !inside(event) && show(), true);
  document.addEventListener("keydown", (event) => pressed && event.key === "Tab" && show(), true);
}

