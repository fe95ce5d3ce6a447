// Numbers that move.

const { cancelAnimationFrame, matchMedia, requestAnimationFrame } = globalThis;

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Move numbers to where they should be; at once for readers who asked for less motion.
export function glide(show, milliseconds = 350) {
  let now = null;
  let running = 0;
  return (target) => {
    cancelAnimationFrame(running);
    const still = now === null || now.length !== target.length || now.every((x, i) => x === target[i]);
    if (still || prefersStillness()) {
      show(now = target);
      return;
    }
    const from = now;
    const start = performance.now();
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - start) / milliseconds));
      const eased = 1 - (1 - share) ** 3;
      now = target.map((x, i) => from[i] + eased * (x - from[i]));
      show(now);
      if (share < 1) running = requestAnimationFrame(step);
    };
    running = requestAnimationFrame(step);
  };
}
