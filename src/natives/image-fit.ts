import type { Abi } from './abi.ts';
import type { ImageLook } from './image/image.ts';

const formats: Readonly<Record<string, string>> = { darwin: 'mach-o', win32: 'pe' };
const systems: Readonly<Record<string, string>> = { elf: 'Linux', 'mach-o': 'macOS', pe: 'Windows' };

/** What of the file itself speaks against the runtime, whatever its name says; null where nothing does. */
export const imageAgainst = (look: ImageLook, { platform, arch, libc }: Abi): string | null => {
  if (look.kind === 'unread') return null;
  if (look.kind === 'broken') return 'a file that is no library';
  const { image } = look;
  if (image.format !== (formats[platform] ?? 'elf'))
    return `${systems[image.format]} ${image.archs.join('+')}`;
  if (!image.archs.includes(arch)) return `${platform} ${image.archs.join('+')}`;
  if (image.libc !== null && libc !== null && image.libc !== libc) return `${platform} ${arch} ${image.libc}`;
  return image.whole ? null : 'a file that is cut off';
};
