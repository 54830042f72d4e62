// Takes apart what packed.py puts together.

/** Return the header and, in `blob`, the bytes behind it; they begin aligned, for a view of any type. */
function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, blob: bytes.slice(4 + length) };
}
