;; Which rows may be near a query: float32 approximations of distances, four axes at a time, without a branch per row.
;;
;; The memory holds the query, one length per row (cosine only), an area for the answer, and the rows, one behind the
;; other. A row and the query take `stride` bytes, a multiple of 16, the bytes behind their last axis being zero.
;;
;; Both functions look at the rows `from` to `to` - 1 (at least one), write the numbers of those that they do not rule
;; out to `answer`, ascending, and return how many these are. There must be room for `to` - `from` numbers.
;;
;; A row is read as one sequential stream: that is what the prefetchers of processors are made for. Several rows at once
;; would save loads of the query and take twice the time.
;;
;; How far the sums may be off decides what may be asked of them (approximation.ts). It rests on this: each term goes
;; through at most floor(axes / 16) + 1 + 3 additions in its lane and 4 more until there is one sum.
(module
  (import "rows" "memory" (memory 1))
  ;; Where things are, in bytes.
  (import "rows" "query" (global $query i32))
  (import "rows" "lengths" (global $lengths i32))
  (import "rows" "answer" (global $answer i32))
  (import "rows" "first" (global $first i32))
  (import "rows" "stride" (global $stride i32))

  ;; The rows of which the sum of squared differences is not greater than `limit`.
  (func (export "euclidean") (param $from i32) (param $to i32) (param $limit f32) (result i32)
    (local $row i32) ;; where the row begins
    (local $axis i32) ;; how many bytes of it are done
    (local $unrolled i32) ;; how many of its bytes come in groups of 64
    (local $next i32) ;; where the next number of the answer goes
    (local $difference v128)
    (local $sum0 v128)
    (local $sum1 v128)
    (local $sum2 v128)
    (local $sum3 v128)
    (local.set $row (i32.add (global.get $first) (i32.mul (local.get $from) (global.get $stride))))
    (local.set $unrolled (i32.and (global.get $stride) (i32.const -64)))
    (local.set $next (global.get $answer))
    (loop $rows
      (local.set $axis (i32.const 0))
      (local.set $sum0 (v128.const f32x4 0 0 0 0))
      (local.set $sum1 (v128.const f32x4 0 0 0 0))
      (local.set $sum2 (v128.const f32x4 0 0 0 0))
      (local.set $sum3 (v128.const f32x4 0 0 0 0))

      (if (local.get $unrolled)
        (then
          (loop $sixteen
            (local.set $difference
              (f32x4.sub
                (v128.load (i32.add (global.get $query) (local.get $axis)))
                (v128.load (i32.add (local.get $row) (local.get $axis)))))
            (local.set $sum0 (f32x4.add (local.get $sum0) (f32x4.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f32x4.sub
                (v128.load offset=16 (i32.add (global.get $query) (local.get $axis)))
                (v128.load offset=16 (i32.add (local.get $row) (local.get $axis)))))
            (local.set $sum1 (f32x4.add (local.get $sum1) (f32x4.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f32x4.sub
                (v128.load offset=32 (i32.add (global.get $query) (local.get $axis)))
                (v128.load offset=32 (i32.add (local.get $row) (local.get $axis)))))
            (local.set $sum2 (f32x4.add (local.get $sum2) (f32x4.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f32x4.sub
                (v128.load offset=48 (i32.add (global.get $query) (local.get $axis)))
                (v128.load offset=48 (i32.add (local.get $row) (local.get $axis)))))
            (local.set $sum3 (f32x4.add (local.get $sum3) (f32x4.mul (local.get $difference) (local.get $difference))))
            (br_if $sixteen
              (i32.lt_u (local.tee $axis (i32.add (local.get $axis) (i32.const 64))) (local.get $unrolled))))))
      (if (i32.lt_u (local.get $axis) (global.get $stride))
        (then
          (loop $four
            (local.set $difference
              (f32x4.sub
                (v128.load (i32.add (global.get $query) (local.get $axis)))
                (v128.load (i32.add (local.get $row) (local.get $axis)))))
            (local.set $sum0 (f32x4.add (local.get $sum0) (f32x4.mul (local.get $difference) (local.get $difference))))
            (br_if $four
              (i32.lt_u (local.tee $axis (i32.add (local.get $axis) (i32.const 16))) (global.get $stride))))))

      ;; The number is written in any case, and stays where the row is not ruled out. "Not greater" instead of "at most":
      ;; what is not a number rules nothing out.
      (i32.store (local.get $next) (local.get $from))
      (local.set $next
        (i32.add
          (local.get $next)
          (i32.shl
            (i32.eqz
              (f32.gt
                (call $total (local.get $sum0) (local.get $sum1) (local.get $sum2) (local.get $sum3))
                (local.get $limit)))
            (i32.const 2))))
      (local.set $row (i32.add (local.get $row) (global.get $stride)))
      (br_if $rows (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to))))
    (i32.shr_u (i32.sub (local.get $next) (global.get $answer)) (i32.const 2)))

  ;; The rows of which the dot product with the query is not less than `limit` times the row's length.
  (func (export "cosine") (param $from i32) (param $to i32) (param $limit f32) (result i32)
    (local $row i32)
    (local $axis i32)
    (local $unrolled i32)
    (local $next i32)
    (local $length i32) ;; where the row's length is
    (local $sum0 v128)
    (local $sum1 v128)
    (local $sum2 v128)
    (local $sum3 v128)
    (local.set $row (i32.add (global.get $first) (i32.mul (local.get $from) (global.get $stride))))
    (local.set $unrolled (i32.and (global.get $stride) (i32.const -64)))
    (local.set $next (global.get $answer))
    (local.set $length (i32.add (global.get $lengths) (i32.shl (local.get $from) (i32.const 2))))
    (loop $rows
      (local.set $axis (i32.const 0))
      (local.set $sum0 (v128.const f32x4 0 0 0 0))
      (local.set $sum1 (v128.const f32x4 0 0 0 0))
      (local.set $sum2 (v128.const f32x4 0 0 0 0))
      (local.set $sum3 (v128.const f32x4 0 0 0 0))

      (if (local.get $unrolled)
        (then
          (loop $sixteen
            (local.set $sum0
              (f32x4.add
                (local.get $sum0)
                (f32x4.mul
                  (v128.load (i32.add (global.get $query) (local.get $axis)))
                  (v128.load (i32.add (local.get $row) (local.get $axis))))))
            (local.set $sum1
              (f32x4.add
                (local.get $sum1)
                (f32x4.mul
                  (v128.load offset=16 (i32.add (global.get $query) (local.get $axis)))
                  (v128.load offset=16 (i32.add (local.get $row) (local.get $axis))))))
            (local.set $sum2
              (f32x4.add
                (local.get $sum2)
                (f32x4.mul
                  (v128.load offset=32 (i32.add (global.get $query) (local.get $axis)))
                  (v128.load offset=32 (i32.add (local.get $row) (local.get $axis))))))
            (local.set $sum3
              (f32x4.add
                (local.get $sum3)
                (f32x4.mul
                  (v128.load offset=48 (i32.add (global.get $query) (local.get $axis)))
                  (v128.load offset=48 (i32.add (local.get $row) (local.get $axis))))))
            (br_if $sixteen
              (i32.lt_u (local.tee $axis (i32.add (local.get $axis) (i32.const 64))) (local.get $unrolled))))))
      (if (i32.lt_u (local.get $axis) (global.get $stride))
        (then
          (loop $four
            (local.set $sum0
              (f32x4.add
                (local.get $sum0)
                (f32x4.mul
                  (v128.load (i32.add (global.get $query) (local.get $axis)))
                  (v128.load (i32.add (local.get $row) (local.get $axis))))))
            (br_if $four
              (i32.lt_u (local.tee $axis (i32.add (local.get $axis) (i32.const 16))) (global.get $stride))))))

      (i32.store (local.get $next) (local.get $from))
      (local.set $next
        (i32.add
          (local.get $next)
          (i32.shl
            (i32.eqz
              (f32.lt
                (call $total (local.get $sum0) (local.get $sum1) (local.get $sum2) (local.get $sum3))
                (f32.mul (local.get $limit) (f32.load (local.get $length)))))
            (i32.const 2))))
      (local.set $row (i32.add (local.get $row) (global.get $stride)))
      (local.set $length (i32.add (local.get $length) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to))))
    (i32.shr_u (i32.sub (local.get $next) (global.get $answer)) (i32.const 2)))

  ;; The sum of sixteen partial sums, by four additions each.
  (func $total (param $sum0 v128) (param $sum1 v128) (param $sum2 v128) (param $sum3 v128) (result f32)
    (local.set $sum0
      (f32x4.add
        (f32x4.add (local.get $sum0) (local.get $sum1))
        (f32x4.add (local.get $sum2) (local.get $sum3))))
    (local.set $sum0
      (f32x4.add
        (local.get $sum0)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum0) (local.get $sum0))))
    (f32.add (f32x4.extract_lane 0 (local.get $sum0)) (f32x4.extract_lane 1 (local.get $sum0)))))
