import type { ExactTables } from './exact-tables.ts'
import { tagConditions } from './tag-conditions.ts'

/**
 * A function in the database that fetches all that a search asks for at a time. The plans of what is in it are made once
 * for each connection, behind a connection pooler too, where prepared statements would be lost; and all of it sees one moment.
 *
 * Arguments: of each range its set, first and last code; of each point its set, its code, the id to continue behind and how many
 * members at most; the tags of which all, any and none are wanted, each null where there are none. Members are rows of id and
 * vector in PostgreSQL's binary format, one behind the other, in hexadecimal digits: one value, as taking many apart would take
 * longer than finding them.
 *
 * Returns the version of the sets, the database's snapshot, whether there are members in no set, the members of the
 * ranges, and those of the points, with a comma between one point and the next.
 */
export function nearFunction({ near, state, members }: ExactTables): string {
  const passes = tagConditions(8)
  return `create function ${near}(
      sets integer[], firsts bigint[], lasts bigint[],
      point_sets integer[], point_codes bigint[], afters text[], mosts integer[],
      all_tags text[], any_tags text[], no_tags text[],
      out version text, out snapshot text, out dense text, out ranged text, out points text
    )
    language plpgsql stable
    -- The plan does not depend on what is asked, and compiling it would take longer than all searches of a connection.
    set plan_cache_mode = force_generic_plan set jit = off
    as $body$
    begin
      select state.sets_version, pg_current_snapshot(), (select 'yes' from ${members} where set < 0 limit 1)
        into version, snapshot, dense from ${state} as state;
      select encode(string_agg(record_send(row (near.id, near.vector)), ''), 'hex') into ranged
        from unnest(sets, firsts, lasts) as range (set, first, last)
        cross join lateral (
          select id, vector, tags from ${members} as member
          where member.set = range.set and member.code between range.first and range.last offset 0
        ) as near
        where ${passes};
      if cardinality(point_sets) > 0 then
        select string_agg(coalesce(page.members, ''), ',' order by point.place) into points
          from unnest(point_sets, point_codes, afters, mosts) with ordinality as point (set, code, after, most, place)
          cross join lateral (
            select encode(string_agg(record_send(row (near.id, near.vector)), ''), 'hex') as members
            from (
              select id, vector from ${members} as member
              where member.set = point.set and member.code = point.code and member.id > point.after and ${passes}
              order by member.id limit point.most
            ) as near
          ) as page;
      end if;
    end
    $body$`
}
