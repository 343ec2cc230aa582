from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('flows', '0003_ways_across'),
    ]

    operations = [
        migrations.CreateModel(
            name='Financing',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('cases.flow',),
        ),
        migrations.CreateModel(
            name='LoanOffer',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('cases.flow',),
        ),
        migrations.CreateModel(
            name='OneThing',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('cases.flow',),
        ),
    ]
