import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
site = get_wsgi_application()

from tongban.running.http import Counted  # noqa: E402  only once the site is set up

application = Counted(site)
