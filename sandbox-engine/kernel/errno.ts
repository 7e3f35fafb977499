// What the C library says about error numbers.
// Mirrors: glibc strerror(3). musl (alpine) has words of its own for a few; programs that need them keep a table.
import type { Errno } from './rows.ts';

const texts: Readonly<Record<Errno, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EBUSY: 'Device or resource busy',
  ENOTEMPTY: 'Directory not empty',
  EMLINK: 'Too many links',
  ENODEV: 'No such device',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETUNREACH: 'Network is unreachable',
  EHOSTUNREACH: 'No route to host',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  ENETDOWN: 'Network is down',
  ENOTCONN: 'Transport endpoint is not connected',
  EPIPE: 'Broken pipe',
  EMSGSIZE: 'Message too long',
  EOPNOTSUPP: 'Operation not supported',
  ESRCH: 'No such process',
  EACCES: 'Permission denied',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOPROTOOPT: 'Protocol not available',
  ERANGE: 'Numerical result out of range',
};

/** `Connection refused` for ECONNREFUSED. */
export const strerror = (error: Errno): string => texts[error];
