/** A hand on a mouse is never quite still, in px. */
const STILL = 3;

/**
 * Calls back when an element is pressed, also where it has moved away from under a mouse that stood
 * still, because something above it came or went meanwhile: a browser sends no click then.
 */
export function onPress(target: HTMLElement, press: () => void): void {
  target.addEventListener('click', press);
  target.addEventListener('mousedown', (down) => {
    if (down.button !== 0) return;
    const release = (up: MouseEvent): void => {
      const moved = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY);
      const isOnIt = up.target instanceof Node && target.contains(up.target);
      const isInSight = target.getClientRects().length > 0;
      if (moved <= STILL && !isOnIt && isInSight) press();
    };
    window.addEventListener('mouseup', release, { once: true });
  });
}
