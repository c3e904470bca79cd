-- Which counts the parts of a report were made from: when they are counted again after a stop and differ, the parts
-- that were made are made again, so that the parts of one report always add up.
alter table report_order add column snapshot text;
